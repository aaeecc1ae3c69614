// The page: draws the controls, and shows the result of every change.
(function () {
  const payload = JSON.parse(document.getElementById("data").textContent);
  const controls = skparControls(payload);
  const density = skparDensity(payload.density);
  const decision = skparDecision(payload.decision);
  const features = controls.features;
  const words = payload.words;
  const factors = features.map(() => 1);
  const shown = [];
  let row = controls.start();

  const find = (id) => document.getElementById(id);

  function make(tag, text, properties) {
    const element = document.createElement(tag);
    if (text !== null) element.textContent = text;
    return Object.assign(element, properties);
  }

  function list(parent, texts) {
    parent.replaceChildren(...texts.map((text) => make("li", text)));
  }

  const percent = (share) => Math.floor(100 * share) + "%";

  // Numbers: a slider over some values, and a field for all others.
  function addNumber(box, j) {
    const feature = features[j];
    const line = make("div", null, { className: "line" });
    const slider = make("input", null, { type: "range", min: 0, max: feature.values.length - 1, step: 1 });
    const field = make("input", null, { type: "number", step: "any" });
    const output = make("output", null);
    const refused = make("p", "", { className: "refused" });
    refused.setAttribute("role", "alert");
    slider.setAttribute("aria-label", feature.name);
    field.setAttribute("aria-label", controls.fill("number", feature));
    slider.addEventListener("input", () => choose(j, feature.values[Number(slider.value)]));
    field.addEventListener("change", () => {
      const asked = field.value === "" ? feature.own : Number(field.value) / feature.factor;
      const value = controls.feasible(j, asked);
      if (value !== undefined) {
        choose(j, value);
      } else {
        const text = controls.fill("refused", { value: field.value });
        show();
        refused.textContent = text;
      }
    });
    line.append(slider, field, output);
    box.append(line, refused, rangeOf(j));
    shown[j] = () => {
      slider.value = nearest(feature.values, row[j]);
      slider.setAttribute("aria-valuetext", controls.label(j, row[j]));
      field.value = row[j] === null ? "" : typed(feature, row[j]);
      output.textContent = controls.label(j, row[j]);
      refused.textContent = "";
    };
    return [slider, field];
  }

  // A number as it is typed: 25 for 25%.
  function typed(feature, value) {
    return feature.factor === 1 ? value : Number((value * feature.factor).toPrecision(12));
  }

  function nearest(values, value) {
    const exact = values.indexOf(value);
    if (exact >= 0) return exact;
    const gaps = values.map((one) => (one === null ? Infinity : Math.abs(one - value)));
    return gaps.indexOf(Math.min(...gaps));
  }

  function rangeOf(j) {
    const feature = features[j];
    const numbers = feature.values.map((one, k) => k).filter((k) => feature.values[k] !== null);
    const fields = {
      low: feature.labels[numbers[0]],
      high: feature.labels[numbers[numbers.length - 1]],
      own: controls.label(j, feature.own),
    };
    return make("p", controls.fill("range", fields), { className: "note" });
  }

  function addChoice(box, j) {
    const feature = features[j];
    const select = make("select", null);
    select.setAttribute("aria-label", feature.name);
    feature.labels.forEach((label, k) => select.append(make("option", label, { value: k })));
    select.addEventListener("change", () => choose(j, feature.values[Number(select.value)]));
    const line = make("div", null, { className: "line" });
    const start = controls.fill("start_value", { own: controls.label(j, feature.own) });
    line.append(select, make("span", start, { className: "note" }));
    box.append(line);
    shown[j] = () => { select.value = feature.values.indexOf(row[j]); };
    return [select];
  }

  function addYesOrNo(box, j) {
    const feature = features[j];
    const tick = make("input", null, { type: "checkbox" });
    const text = make("span", "");
    const label = make("label", null, { className: "line" });
    tick.setAttribute("aria-label", feature.name);
    tick.addEventListener("change", () => choose(j, tick.checked));
    label.append(tick, text);
    box.append(label);
    shown[j] = () => {
      tick.checked = row[j] === true;
      text.textContent = controls.label(j, row[j]);
    };
    return [tick];
  }

  function addDifficulty(box, j, inputs) {
    const select = make("select", null);
    const levels = { easy: 1, hard: 2, impossible: Infinity };
    for (const key of Object.keys(levels)) select.append(make("option", words[key], { value: key }));
    select.setAttribute("aria-label", controls.fill("difficulty", features[j]));
    select.addEventListener("change", () => {
      factors[j] = levels[select.value];
      for (const input of inputs) input.disabled = factors[j] === Infinity;
      if (factors[j] === Infinity) choose(j, features[j].own);
      else show();
      showOptions();
    });
    const line = make("label", words.for_you + " ", { className: "difficulty" });
    line.append(select);
    box.firstChild.after(line);
  }

  function addControl(j) {
    const feature = features[j];
    const box = make("fieldset", null);
    box.append(make("legend", feature.name));
    let inputs;
    if (feature.isNumber) inputs = addNumber(box, j);
    else if (feature.values.every((one) => typeof one === "boolean")) inputs = addYesOrNo(box, j);
    else inputs = addChoice(box, j);
    addDifficulty(box, j, inputs);
    find("controls").append(box);
    const display = shown[j];
    shown[j] = () => {
      display();
      box.classList.toggle("changed", row[j] !== feature.own);
    };
  }

  function addFixed(j) {
    const feature = features[j];
    const line = make("tr", null);
    const heading = make("th", feature.name);
    heading.setAttribute("scope", "row");
    const value = make("td", "");
    line.append(heading, value, make("td", words["why_" + feature.why]));
    find("fixed").append(line);
    find("fixed-section").hidden = false;
    shown[j] = () => { value.textContent = controls.label(j, row[j]); };
  }

  function addFollowing(j) {
    const line = make("div", null);
    const value = make("dd", "");
    line.append(make("dt", features[j].name), value);
    find("follows").append(line);
    find("follows-section").hidden = false;
    shown[j] = () => { value.textContent = controls.label(j, row[j]); };
  }

  function choose(j, value) {
    row[j] = value;
    controls.complete(row);
    show();
  }

  function isStruck(option) {
    return controls.changed(option.row).some((j) => factors[j] === Infinity);
  }

  function showOptions() {
    const ranked = payload.options.map((option, k) => {
      const isOut = isStruck(option);
      return { option, k, isOut, effort: isOut ? Infinity : controls.effort(option.row, factors) };
    });
    ranked.sort((one, two) => (one.effort < two.effort ? -1 : Number(one.effort > two.effort)) || one.k - two.k);
    find("options").replaceChildren(...ranked.map(optionItem));
    if (!ranked.length) find("options").replaceWith(make("p", words.no_options, { id: "options" }));
  }

  function optionItem({ option, k, isOut, effort }) {
    const item = make("li", null, { className: isOut ? "struck" : "", value: k + 1 });
    const actions = make("ul", null);
    list(actions, option.actions);
    const button = make("button", words.option, { type: "button", disabled: isOut });
    button.addEventListener("click", () => {
      row = [...option.row];
      show();
    });
    const text = isOut ? words.struck : controls.fill("option_effort", { effort: controls.round(effort) });
    item.append(actions, make("p", text, { className: "note" }), button);
    return item;
  }

  function grade(percentile) {
    if (percentile < 0.05) return words.rare;
    return percentile < 0.25 ? words.unusual : words.usual;
  }

  // The start and the options were decided by the classifier itself.
  function judge(asked) {
    const isSame = (other) => other.every((value, j) => value === asked[j]);
    if (isSame(controls.start())) return { accepts: !payload.isDenied, isSure: true };
    const isOption = payload.options.some((option) => isSame(option.row));
    if (isOption) return { accepts: true, isSure: true };
    return { accepts: decision.accepts(asked), isSure: decision.isExact };
  }

  function verdict({ accepts, isSure }) {
    return words[(accepts ? "accepts" : "denies") + (isSure ? "" : "_maybe")];
  }

  function showResult() {
    const broken = controls.broken(row);
    const effort = controls.effort(row, factors);
    const plain = controls.effort(row, features.map(() => 1));
    const percentile = density.percentile(row);
    const most = payload.maxEffort;
    const isChanged = controls.changed(row).length > 0;
    if (most !== null && plain > most * (1 + 1e-9)) {
      broken.push(controls.fill("too_much", { most: controls.round(most) }));
    }
    if (isChanged && percentile < payload.minPercentile) {
      broken.push(controls.fill("less_usual", { n: controls.round(100 * payload.minPercentile) }));
    }
    const judged = judge(row);
    const text = broken.length ? words.not_allowed : verdict(judged);
    const line = find("decision");
    if (line.textContent !== text) line.textContent = text;
    line.className = "decision " + (broken.length ? "" : judged.accepts ? "accepts" : "denies");
    list(find("broken"), broken);
    const share = percent(decision.agreement);
    find("exactness").textContent = judged.isSure ? words.exact : controls.fill("estimate", { share });
    find("exactness").hidden = broken.length > 0;
    const typical = controls.fill("percentile", { n: Math.floor(100 * percentile) });
    find("plausibility").textContent = grade(percentile) + " " + typical;
    const key = most === null ? "effort_of" : "effort_of_most";
    const fields = { effort: controls.round(effort), most: most === null ? "" : controls.round(most) };
    find("effort").textContent = controls.fill(key, fields);
    list(find("changes"), isChanged ? controls.sentences(row) : [words.no_changes]);
  }

  function show() {
    shown.forEach((display) => display());
    showResult();
  }

  features.forEach((feature, j) => {
    if (feature.role === "free") addControl(j);
    else if (feature.role === "follows") addFollowing(j);
    else addFixed(j);
  });
  if (!features.some((one) => one.role === "free")) find("controls").textContent = words.no_controls;
  find("effort-note").textContent = payload.effortNote;
  if (payload.demands) find("also").textContent = controls.fill("also", { demands: payload.demands });
  find("start").addEventListener("click", () => {
    row = controls.start();
    show();
  });
  showOptions();
  show();
  // For tests in a browser: what the page shows, as numbers.
  window.skparPage = { payload, controls, density, decision, judge, row: () => [...row] };
})();
