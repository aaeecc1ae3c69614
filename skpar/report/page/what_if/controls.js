"use strict";

// What a person may choose: values, links, efforts and words, as Python wrote them.
function skparControls(payload) {
  const features = payload.features;
  const words = payload.words;
  const number = new Intl.NumberFormat(payload.language, { maximumSignificantDigits: 15 });
  const rounded = new Intl.NumberFormat(payload.language, { maximumSignificantDigits: 6 });

  function fill(key, fields) {
    return words[key].replace(/\{(\w+)\}/g, (whole, name) => (name in fields ? String(fields[name]) : whole));
  }

  function rint(x) {
    const low = Math.floor(x);
    const gap = x - low;
    if (gap !== 0.5) return gap < 0.5 ? low : low + 1;
    return low % 2 === 0 ? low : low + 1;
  }

  // Adds as decimals are written: 0.1 + 0.2 is 0.3, as in the rules of skpar.
  function addDecimal(anchor, change) {
    if (change === 0) return anchor;
    const larger = Math.max(Math.abs(anchor), Math.abs(change), 1e-290);
    const power = Math.min(Math.max(14 - Math.floor(Math.log10(larger)), 0), 304);
    const scale = Number("1e" + power);
    const total = rint((anchor + change) * scale) / scale;
    return change > 0 ? Math.max(total, anchor) : Math.min(total, anchor);
  }

  // The feasible number that was meant, or undefined.
  function onLattice(lattice, own, value) {
    let near = value;
    if (lattice.step !== null) {
      const change = rint((value - lattice.anchor) / lattice.step) * lattice.step;
      near = addDecimal(lattice.anchor, change);
      if (lattice.isSingle && change !== 0) near = Math.fround(near);
      const slack = 1e-9 * lattice.step + 3e-7 * Math.abs(lattice.isSingle ? value : 0);
      if (Math.abs(near - value) > slack) return undefined;
      const error = (lattice.isSingle ? 1.2e-7 : 2.3e-16) * Math.abs(own);
      if (own !== null && Math.abs(near - own) <= error) near = own;
    } else if (lattice.isSingle) {
      near = Math.fround(value);
    }
    return lattice.low <= near && near <= lattice.high ? near + 0 : undefined;
  }

  // The value that a feature takes if `value` is asked for; undefined if none is.
  function feasible(j, value) {
    const feature = features[j];
    if (value === feature.own) return value;
    if (feature.role === "fixed") return undefined;
    if (feature.isNumber && feature.lattice) {
      if (value === null || !Number.isFinite(value)) return undefined;
      return onLattice(feature.lattice, feature.own, value);
    }
    const listed = feature.role === "follows" ? feature.allowed : feature.values;
    return listed.includes(value) ? value : undefined;
  }

  function place(j, value) {
    const feature = features[j];
    const known = feature.values.indexOf(value);
    if (known >= 0) return feature.places[known] === null ? NaN : feature.places[known];
    return value === null ? NaN : Number(value);
  }

  function lookUp(link, source) {
    if (!link.isOrdered || source === null) {
      const pair = link.pairs.find((one) => one[0] === source);
      return pair ? pair[1] : null;
    }
    const above = link.pairs.findIndex((one) => one[0] >= source);
    if (above < 0) return null;
    if (link.pairs[above][0] === source) return link.pairs[above][1];
    if (above === 0 || link.pairs[above - 1][1] !== link.pairs[above][1]) return null;
    return link.pairs[above][1];
  }

  function compute(link, row) {
    const cells = link.sources.map((j) => row[j]);
    if (link.kind === "table") return lookUp(link, cells[0]);
    if (cells.some((cell) => cell === null)) return null;
    const numbers = cells.map(Number);
    let value;
    if (link.kind === "sum") {
      value = 0;
      numbers.forEach((one, k) => { value += link.coefficients[k] * one; });
      value += link.intercept;
    } else if (link.kind === "product") {
      value = link.factor * numbers[0] * numbers[1];
    } else if (link.kind === "ratio") {
      value = (link.factor * numbers[0]) / (numbers[1] === 0 ? NaN : numbers[1]);
    } else {
      value = link.kind === "largest" ? Math.max(...numbers) : Math.min(...numbers);
    }
    return stored(link, value);
  }

  function stored(link, computed) {
    let value = computed;
    if (link.step !== null) {
      const places = value / link.step;
      const whole = link.halfUp ? Math.floor(places + 0.5 + 1e-9) : rint(places);
      value = (whole * link.fraction[0]) / link.fraction[1];
    }
    if (!features[link.column].isNumber) {
      const known = features[link.column].places.indexOf(value);
      return known < 0 ? null : features[link.column].values[known];
    }
    if (link.isWhole) value = rint(value);
    if (link.isSingle) value = Math.fround(value);
    return Number.isFinite(value) ? value + 0 : null;
  }

  // Writes what follows from the other values; what has no changed source stays.
  function complete(row) {
    for (const link of payload.following) {
      const moved = link.sources.some((j) => row[j] !== features[j].own);
      row[link.column] = moved ? compute(link, row) : features[link.column].own;
    }
    return row;
  }

  function happens(change, row) {
    if (change.goal === null) return false;
    const end = place(change.column, row[change.column]);
    if (change.isStrict) return change.up ? end > change.goal : end < change.goal;
    return change.up ? end >= change.goal : end <= change.goal;
  }

  function isBroken(link, row) {
    if (link.kind === "if") return happens(link.change, row) && !happens(link.then, row);
    if (link.kind === "follows") return feasible(link.column, row[link.column]) === undefined;
    const moved = link.columns.filter((j) => row[j] !== features[j].own);
    if (link.kind === "count") return moved.length > link.most;
    let total = 0;
    let size = 0;
    link.columns.forEach((j, k) => {
      const term = link.weights[k] * place(j, row[j]);
      total += term;
      size += Math.abs(term);
    });
    const error = link.slack * size;
    const above = link.high !== null && total - link.high > error;
    const below = link.low !== null && link.low - total > error;
    return moved.length > 0 && (above || below);
  }

  function broken(row) {
    return payload.links.filter((link) => isBroken(link, row)).map((link) => link.text);
  }

  function effortOf(j, value) {
    const feature = features[j];
    if (feature.role !== "free" || value === feature.own) return 0;
    const known = feature.values.indexOf(value);
    if (known >= 0) return feature.efforts[known];
    const bends = feature.bends;
    const above = bends.findIndex((one) => one[0] >= value);
    if (above <= 0) return above === 0 ? bends[0][1] : bends[bends.length - 1][1];
    const [x0, y0] = bends[above - 1];
    const [x1, y1] = bends[above];
    return y0 + ((y1 - y0) * (value - x0)) / (x1 - x0);
  }

  function changed(row) {
    return features.map((one, j) => j).filter((j) => row[j] !== features[j].own);
  }

  // Effort of a row; `factors` are those of single features, 1 where it has none.
  function effort(row, factors = []) {
    return changed(row).reduce((sum, j) => sum + (factors[j] || 1) * effortOf(j, row[j]), 0);
  }

  function label(j, value) {
    const feature = features[j];
    const known = feature.values.indexOf(value);
    if (known >= 0) return feature.labels[known];
    if (value === null) return payload.missing;
    const format = feature.role === "follows" ? rounded : number;
    return feature.pattern.replace("{}", format.format(value * feature.factor));
  }

  function consequence(j, value) {
    const feature = features[j];
    const text = payload[feature.own === null ? "consequenceOfMissing" : "consequence"];
    const fields = { name: feature.name, before: label(j, feature.own), after: label(j, value) };
    return text.replace(/\{(\w+)\}/g, (whole, name) => fields[name]);
  }

  function sentence(j, value) {
    const feature = features[j];
    if (feature.role === "follows") return consequence(j, value);
    const known = feature.values.indexOf(value);
    if (known >= 0 && feature.sentences) return feature.sentences[known];
    const fields = { name: feature.name, before: label(j, feature.own), after: label(j, value) };
    return fill("typed", fields);
  }

  // Every change in words, causes before consequences.
  function sentences(row) {
    const places = changed(row);
    const isCause = (j) => features[j].role !== "follows";
    const ordered = [...places.filter(isCause), ...places.filter((j) => !isCause(j))];
    return ordered.map((j) => sentence(j, row[j]));
  }

  return {
    features,
    start: () => features.map((one) => one.own),
    fill,
    feasible,
    complete,
    broken,
    effort,
    changed,
    label,
    sentences,
    round: (value) => rounded.format(Number(value.toPrecision(3))),
  };
}
