// Colours: automatic, light or dark, remembered. Loaded in the head, so that a choice holds before the first paint.
// The variant switch keeps the reader's place, and addresses of feeds can be copied. Every page works without this file.
(function () {
  "use strict";
  var root = document.documentElement, states = ["auto", "light", "dark"], state = "auto";
  try { state = localStorage.getItem("wz-scheme") || "auto"; } catch (refused) { /* storage is off: nothing is remembered */ }
  if (states.indexOf(state) < 0) state = "auto";

  function apply() {
    if (state === "auto") delete root.dataset.scheme;
    else root.dataset.scheme = state;
  }
  apply();

  document.addEventListener("DOMContentLoaded", function () {
    var button = document.querySelector(".scheme"), menu = document.querySelector(".switch");
    function label() {
      button.dataset.state = state;
      button.title = button.dataset.label + "：" + button.dataset[state];
      button.setAttribute("aria-label", button.title);
    }
    if (button) {
      label();
      button.hidden = false;
      button.addEventListener("click", function () {
        state = states[(states.indexOf(state) + 1) % 3];
        try { localStorage.setItem("wz-scheme", state); } catch (refused) { /* as above */ }
        apply();
        label();
      });
    }
    // What scrolls sideways has to be reached from the keyboard.
    document.querySelectorAll(".prose pre, .prose table").forEach(function (box) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    });
    if (navigator.clipboard) document.querySelectorAll(".copy").forEach(function (copy) {
      var text = copy.textContent;
      copy.hidden = false;
      copy.addEventListener("click", function () {
        navigator.clipboard.writeText(copy.dataset.copy).then(function () {
          copy.textContent = copy.dataset.copied;
          setTimeout(function () { copy.textContent = text; }, 2000);
        }, function () { /* refused: the address is there to be read */ });
      });
    });
    if (menu) {
      menu.addEventListener("click", function (event) {
        var link = event.target.closest("a");
        if (link) link.hash = location.hash;
      });
      document.addEventListener("click", function (event) {
        if (!menu.contains(event.target)) menu.open = false;
      });
      menu.addEventListener("keydown", function (event) {
        if (event.key === "Escape" && menu.open) {
          menu.open = false;
          menu.querySelector("summary").focus();
        }
      });
    }
  });
})();
