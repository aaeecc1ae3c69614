// What a classifier decides. The payload comes from decision_payload, which says in
// Python what each part is. `row` holds raw values in the order of the features; those
// that cannot change are not read.
function skparDecision(payload) {
  "use strict";
  const { isExact, agreement } = payload;
  const decide = { linear, trees, network }[payload.kind](payload);

  // The place of a row's cell among the listed ones.
  function numbering({ feature, values, mayBeMissing }) {
    const listed = values || (mayBeMissing ? [null] : []);
    const placeOf = skparPlaces(feature, listed, !values);
    return (row) => placeOf(row[feature]);
  }

  function linear({ start, terms, acceptsZero }) {
    const parts = terms.map((term) => ({ ...term, number: numbering(term) }));
    return (row) => {
      let sum = start;
      for (const part of parts) {
        const number = part.number(row);
        sum += number < 0 ? part.slope * row[part.feature] : part.terms[number];
      }
      const isAccepted = sum > 0 || (sum === 0 && acceptsZero);
      return { margin: sum, isAccepted };
    };
  }

  function trees({ features, tests, nodes, roots, values, start, ...rest }) {
    const numbers = new Map(features.map((one) => [one.feature, numbering(one)]));
    const lefts = tests.map((test) => Array.isArray(test[1]) && new Set(test[1]));
    const fit = rest.isSingle ? Math.fround : (value) => value;

    function goesLeft(k, row, places) {
      const [feature, cut, missingLeft] = tests[k];
      if (lefts[k]) return lefts[k].has(places.get(feature));
      return row[feature] === null ? missingLeft === 1 : row[feature] <= cut;
    }

    // The sums are in the order and the precision of the ensemble.
    function scoresOf(row) {
      const places = new Map();
      numbers.forEach((number, feature) => places.set(feature, number(row)));
      const isLeft = tests.map((_, k) => goesLeft(k, row, places));
      const scores = start.map(fit);
      for (const root of roots) {
        let at = root;
        while (nodes[at] >= 0) at += isLeft[nodes[at]] ? 2 : nodes[at + 1];
        const value = values[-1 - nodes[at]];
        for (let k = 0; k < scores.length; k++) {
          scores[k] = fit(scores[k] + fit(value[k]));
        }
      }
      return scores.map((score) => fit(score / rest.divisor));
    }

    function largest(scores, isWanted) {
      return Math.max(...scores.filter((_, k) => rest.wanted[k] === isWanted));
    }

    return (row) => {
      const scores = scoresOf(row);
      if (scores.length === 1) {
        const isSecond = scores[0] > 0 || (rest.lastAtTies && scores[0] === 0);
        const [ofFirst, ofSecond] = rest.wanted;
        const margin = ofSecond ? scores[0] : -scores[0];
        return { margin, isAccepted: isSecond ? ofSecond : ofFirst };
      }
      const winner = scores.indexOf(Math.max(...scores));
      const margin = largest(scores, true) - largest(scores, false);
      return { margin, isAccepted: rest.wanted[winner] };
    };
  }

  function network({ start, cells, inner, innerBias, outer, outerBias }) {
    const parts = cells.map((cell) => ({ ...cell, number: numbering(cell) }));

    // Adds what a number between two knots adds.
    function addNumber(hidden, { knots, atKnots }, value) {
      let left = 0;
      while (left < knots.length - 2 && knots[left + 1] <= value) left++;
      const next = Math.min(left + 1, knots.length - 1);
      const gap = knots[next] - knots[left];
      const share =
        gap > 0 ? Math.min(Math.max((value - knots[left]) / gap, 0), 1) : 0;
      for (let k = 0; k < hidden.length; k++) {
        hidden[k] += (1 - share) * atKnots[left][k] + share * atKnots[next][k];
      }
    }

    return (row) => {
      const hidden = start.slice();
      for (const part of parts) {
        const number = part.number(row);
        if (number < 0) addNumber(hidden, part, row[part.feature]);
        else part.hidden[number].forEach((value, k) => (hidden[k] += value));
      }
      let sum = hidden[hidden.length - 1] + outerBias;
      inner.forEach((weights, k) => {
        let bent = innerBias[k];
        weights.forEach((weight, h) => (bent += weight * Math.max(hidden[h], 0)));
        sum += outer[k] * Math.max(bent, 0);
      });
      return { margin: sum, isAccepted: sum > 0 };
    };
  }

  return {
    accepts: (row) => decide(row).isAccepted,
    margin: (row) => decide(row).margin,
    isExact,
    agreement,
  };
}
