// A convenience on top of a page that is complete without it: a link to a check opens its sheet, whatever the filters
// hide. The filters themselves are style, and need no script.
(() => {
  const show = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let around = target; around; around = around.parentElement) {
      if (around.tagName === "DETAILS") around.open = true;
    }
    if (target.checkVisibility && !target.checkVisibility()) {
      for (const every of document.querySelectorAll(".filters [data-every]")) every.checked = true;
    }
    target.scrollIntoView();
  };
  addEventListener("hashchange", show);
  addEventListener("DOMContentLoaded", show);
})();
