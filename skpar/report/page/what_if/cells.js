// Finds the place of a cell among the listed ones of a feature; -1 for a number of a
// range. A number may differ from a listed one by rounding errors.
function skparPlaces(feature, listed, isRange) {
  "use strict";
  const ROUNDING = 1e-12;
  const place = new Map(listed.map((value, number) => [value, number]));
  return (cell) => {
    const number = place.get(cell);
    if (number !== undefined) return number;
    const isNumber = typeof cell === "number" && Number.isFinite(cell);
    if (isNumber && isRange) return -1;
    const isNear = (one) => Math.abs(one - cell) <= ROUNDING * Math.abs(cell);
    const near = isNumber ? listed.findIndex(isNear) : -1;
    if (near >= 0 && typeof listed[near] === "number") return near;
    throw new RangeError("Feature " + feature + " cannot be " + cell + ".");
  };
}
