// Log-density of rows among accepted people, and their percentile. The payload comes
// from density_payload, which says in Python what each part is.
function skparDensity(payload) {
  "use strict";
  const GAUSSIAN_REACH = 26;
  const CAUCHY_REACH = 1e75;
  // Of log-densities that differ in rounded probabilities only.
  const TIE = 1e-7;
  // As the formulas of skpar.relations compare and round.
  const SLACK = 1e-12;
  const HALF = 1e-9;

  const places = new Map();
  const features = payload.features.map((feature) => {
    const { values, codes } = feature;
    const placeOf = skparPlaces(feature.feature, values || codes, !values);
    return { ...feature, placeOf, kernels: prepared(feature.kernels) };
  });
  features.forEach((feature) => places.set(feature.feature, feature));

  function prepared(kernels) {
    if (!kernels) return null;
    const width = kernels.left.map((left, k) => (left + kernels.right[k]) / 2);
    const logArea = width.map((one) => Math.log(one * Math.sqrt(2 * Math.PI)));
    return { ...kernels, logArea, wide: width[width.length - 1] * Math.PI };
  }

  function clamped(value, reach) {
    return Math.min(Math.max(value, -reach), reach);
  }

  function kernelDensities(kernels, cell) {
    const z = clamped(cell / kernels.scale, Number.MAX_VALUE);
    const last = kernels.location.length - 1;
    return kernels.location.map((location, k) => {
      const gap = z - location;
      const distance = gap / (gap < 0 ? kernels.left[k] : kernels.right[k]);
      if (k === last) {
        const far = clamped(distance, CAUCHY_REACH);
        return 1 / (1 + far * far) / kernels.wide;
      }
      const near = clamped(distance, GAUSSIAN_REACH);
      return Math.exp(-0.5 * near * near - kernels.logArea[k]);
    });
  }

  function product(matrix, vector) {
    return matrix.map((row) => {
      let sum = 0;
      for (let k = 0; k < row.length; k++) sum += row[k] * vector[k];
      return sum;
    });
  }

  function logDensityInside(row) {
    let total = payload.start;
    const inside = payload.nodes.map((node) => node.bias.slice());
    // Multiplies likelihoods, and moves the largest of them to the total.
    function multiply(at, factors) {
      let peak = 0;
      for (let s = 0; s < factors.length; s++) {
        inside[at][s] *= factors[s];
        peak = Math.max(peak, inside[at][s]);
      }
      for (let s = 0; s < factors.length; s++) inside[at][s] /= peak;
      total += Math.log(peak);
    }
    for (let at = payload.nodes.length - 1; at >= 0; at--) {
      const node = payload.nodes[at];
      const feature = places.get(node.feature);
      if (feature) {
        const cell = row[node.feature];
        const number = feature.placeOf(cell);
        if (number < 0) {
          const { weights } = feature.kernels;
          multiply(at, product(weights, kernelDensities(feature.kernels, cell)));
        } else {
          multiply(at, feature.leaves[number]);
          total += feature.logPeaks[number];
        }
      }
      if (at > 0) multiply(node.parent, product(node.transition, inside[at]));
    }
    const ends = payload.prior.map((share, s) => share * inside[0][s]);
    return total + Math.log(ends.reduce((sum, one) => sum + one, 0));
  }

  // The code of a cell: numbers as they are, levels by number, NaN if missing.
  function codeOf(row, j) {
    const feature = places.get(j);
    if (!feature) return asNumber(payload.fixed[j]);
    const number = feature.placeOf(row[j]);
    return number < 0 ? row[j] : asNumber(feature.codes[number]);
  }

  function asNumber(plain) {
    return typeof plain === "number" ? plain : NaN;
  }

  function lookedUp(relation, source) {
    const { known, values } = relation;
    let above = known.findIndex((code) => code >= source);
    if (above < 0) above = known.length - 1;
    if (known[above] === source) return asNumber(values[above]);
    const below = Math.max(above - 1, 0);
    const isBetween =
      relation.is_ordered && known[below] < source && source < known[above];
    return isBetween && values[below] === values[above]
      ? asNumber(values[above])
      : NaN;
  }

  function unrounded(relation, sources) {
    if (relation.type === "LinearFormula") {
      let sum = 0;
      sources.forEach((code, k) => {
        sum += relation.coefficients[k] * code;
      });
      return sum + relation.intercept;
    }
    if (relation.type === "ProductFormula") {
      const [first, second] = sources;
      if (!relation.is_ratio) return relation.factor * first * second;
      return second === 0 ? NaN : (relation.factor * first) / second;
    }
    if (relation.type !== "ExtremeFormula") {
      throw new TypeError("Unknown relation " + relation.type + ".");
    }
    return relation.is_max ? Math.max(...sources) : Math.min(...sources);
  }

  function halfToEven(value) {
    const floor = Math.floor(value);
    const rest = value - floor;
    if (rest !== 0.5) return Math.round(value);
    return floor % 2 === 0 ? floor : floor + 1;
  }

  function computed(relation, sources) {
    if (relation.type === "LookedUp") return lookedUp(relation, sources[0]);
    const value = unrounded(relation, sources);
    if (!relation.fraction) return value;
    const place = value / relation.step;
    const [top, bottom] = relation.fraction;
    const whole = relation.half_up
      ? Math.floor(place + 0.5 + HALF)
      : halfToEven(place);
    return (whole * top) / bottom;
  }

  function logAlone(alone, code) {
    const number = alone.codes.findIndex((one) =>
      Object.is(asNumber(one), code === 0 ? 0 : code),
    );
    if (number >= 0) return alone.logDensity[number];
    const distance = Math.abs(code - alone.typical) / alone.spread;
    return (
      alone.logPresent - Math.log(Math.PI) - 2 * Math.log(Math.hypot(1, distance))
    );
  }

  function logRelation(relation, row) {
    const code = codeOf(row, relation.column);
    const expected = computed(
      relation,
      relation.sources.map((j) => codeOf(row, j)),
    );
    const logOther = logAlone(relation.alone, code);
    if (Number.isNaN(expected)) return logOther;
    const logTorn = relation.logBroken + logOther;
    const slack =
      relation.type === "LookedUp"
        ? 0
        : relation.tolerance + SLACK * Math.abs(expected);
    if (!(Math.abs(code - expected) <= slack)) return logTorn;
    const peak = Math.max(relation.logKept, logTorn);
    const rest = Math.exp(Math.min(relation.logKept, logTorn) - peak);
    return peak + Math.log1p(rest);
  }

  function logDensityOfTensor(row) {
    const logs = payload.relations.map((relation) => logRelation(relation, row));
    return logs.reduce((sum, one) => sum + one, logDensityInside(row));
  }

  function logUnits(row) {
    const free = features.filter((feature) => row[feature.feature] !== null);
    return free.reduce((sum, feature) => sum + feature.logUnit, payload.units);
  }

  return {
    logDensity(row) {
      return logDensityOfTensor(row) - logUnits(row);
    },
    percentile(row) {
      const value = logDensityOfTensor(row);
      const { reference } = payload;
      const below = reference.filter((one) => one < value - TIE).length;
      const notAbove = reference.filter((one) => one <= value + TIE).length;
      return (below + notAbove) / (2 * reference.length);
    },
  };
}
