/**
 * The only script of the report. It moves the threshold over the rows of the table in `#cuts`, without any request. A cost ratio
 * weighs a missed row against a false alarm.
 */
export const SLIDER_SCRIPT = `
(function () {
  var cuts = JSON.parse(document.getElementById('cuts').textContent);
  var last = cuts.threshold.length - 1;
  var at = function (id) { return document.getElementById(id); };
  var range = at('cut'), ratio = at('ratio');
  var share = function (a, b) { return b === 0 ? '–' : (a / b).toFixed(4); };
  var groups = function (x) { return String(Math.round(x * 100) / 100).replace(/\\B(?=(\\d{3})+(?!\\d))/g, ','); };
  var weight = function () { var x = parseFloat(ratio.value); return x >= 0 ? x : 1; };
  var cost = function (i) { return weight() * cuts.fn[i] + cuts.fp[i]; };
  function show() {
    var i = last - Number(range.value);
    var tp = cuts.tp[i], fp = cuts.fp[i], tn = cuts.tn[i], fn = cuts.fn[i];
    var texts = {
      threshold: cuts.threshold[i].toPrecision(4), tp: groups(tp), fp: groups(fp), tn: groups(tn), fn: groups(fn),
      precision: share(tp, tp + fp), recall: share(tp, tp + fn), f1: share(2 * tp, 2 * tp + fp + fn),
      accuracy: share(tp + tn, tp + fp + tn + fn), cost: groups(cost(i))
    };
    for (var name in texts) at('now-' + name).textContent = texts[name];
    range.setAttribute('aria-valuetext', 'threshold ' + texts.threshold);
  }
  function cheapest() {
    var best = 0;
    for (var i = 1; i <= last; i++) if (cost(i) < cost(best)) best = i;
    range.value = String(last - best);
    show();
  }
  function nearest(value) {
    var best = 0;
    for (var i = 1; i <= last; i++) if (cuts.threshold[i] >= value) best = i;
    range.value = String(last - best);
    show();
  }
  range.max = String(last);
  range.addEventListener('input', show);
  ratio.addEventListener('input', show);
  at('cheapest').addEventListener('click', cheapest);
  nearest(cuts.start);
  at('slider').hidden = false;
})();
`.trim();
