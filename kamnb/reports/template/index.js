"use strict";
{
  const find = id => document.getElementById(id);
  const plain = text => text.normalize("NFKC").toLowerCase();
  const rows = [...document.querySelectorAll("[data-row]")].map(row => ({
    row, stage: row.dataset.row, text: plain(row.querySelector(".who").textContent), reports: [...row.querySelectorAll("[data-status]")]}));
  const groups = [...document.querySelectorAll("[data-group]")];
  const choices = ["status", "stage", "language"].map(find);
  const told = find("shown").textContent;
  const filter = () => {
    const asked = plain(find("search").value).split(/\s+/).filter(Boolean);
    const [status, stage, language] = choices.map(choice => choice.value);
    let shown = 0;
    for (const {row, stage: own, text, reports} of rows) {
      let left = 0;
      const here = (!stage || stage === own) && asked.every(part => text.includes(part));
      for (const report of reports) {
        report.hidden = !(here && (!status || status === report.dataset.status) && (!language || language === report.dataset.language));
        left += !report.hidden;
      }
      row.hidden = !left;
      shown += left;
    }
    for (const group of groups) group.hidden = !group.querySelector("[data-row]:not([hidden])");
    find("shown").textContent = told.replace("#", shown.toLocaleString("en"));
    find("none").hidden = shown > 0;
  };
  find("search").addEventListener("input", filter);
  choices.forEach(choice => choice.addEventListener("change", filter));
  find("filters").hidden = false;
  filter();
}
