// Moves controls of the page at random, and reads what it shows.
let seed = arguments[0];
const random = () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 4294967296;
};
const boxes = [...document.querySelectorAll("#controls fieldset")];
const inputs = boxes.map((box) =>
  box.querySelector("input[type=range], input[type=checkbox], .line select"));
const fields = boxes.map((box) => box.querySelector("input[type=number]"));
const tell = (input, name) => input.dispatchEvent(new Event(name, { bubbles: true }));

function move(k) {
  const input = inputs[k];
  if (input.type === "checkbox") {
    input.click();
  } else if (input.type === "range") {
    input.value = Math.floor(random() * (Number(input.max) + 1));
    tell(input, "input");
    // Numbers between the positions of the slider.
    if (random() < 0.5 && fields[k].value !== "") {
      fields[k].value = Math.round(Number(fields[k].value) * (0.8 + 0.4 * random()) * 100) / 100;
      tell(fields[k], "change");
    }
  } else {
    input.value = Math.floor(random() * input.options.length);
    tell(input, "change");
  }
}

const seen = [];
for (let n = 0; n < arguments[1]; n++) {
  document.getElementById("start").click();
  const n_moves = 1 + Math.floor(random() * inputs.length);
  for (let m = 0; m < n_moves; m++) move(Math.floor(random() * inputs.length));
  const page = window.skparPage;
  const row = page.row();
  seen.push({
    row,
    text: document.getElementById("decision").textContent,
    broken: document.querySelectorAll("#broken li").length,
    logDensity: page.density.logDensity(row),
    percentile: page.density.percentile(row),
    ...page.judge(row),
  });
}
return seen;
