// Drag and drop in the template editor. Without this file the buttons on each card move it.

import Sortable from "../vendor/sortablejs/sortable.esm.js";

const drop = document.getElementById("drop");

function send({ item, to, newDraggableIndex }) {
  drop.elements.key.value = item.dataset.key;
  drop.elements.section.value = to.dataset.section ?? "";
  drop.elements.place.value = newDraggableIndex;
  drop.submit();
}

for (const list of document.querySelectorAll("[data-list]")) {
  new Sortable(list, {
    group: list.dataset.list,
    handle: "[data-grip]",
    draggable: "[data-key]",
    forceFallback: true,
    fallbackOnBody: true,
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    onEnd(event) {
      if (event.from !== event.to || event.oldDraggableIndex !== event.newDraggableIndex) send(event);
    },
  });
}
document.documentElement.dataset.sortable = "ready";
