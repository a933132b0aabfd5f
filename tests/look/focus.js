// What is wrong with how the focused element shows, or null. axe looks at none of this.
() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = getComputedStyle(e);
  const numbers = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
  const linear = (v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const luminance = (c) => 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
  const wrong = [];
  if (style.outlineStyle === "none" && style.boxShadow === "none") wrong.push("no visible focus");
  const ground = numbers(style.backgroundColor);
  if ((ground.length === 3 || ground[3] === 1) && e.textContent.trim()) {
    const [bright, dim] = [luminance(numbers(style.color)), luminance(ground)].sort((a, b) => b - a);
    if ((bright + 0.05) / (dim + 0.05) < 4.5) wrong.push("words hard to read");
  }
  const box = e.getBoundingClientRect();
  const x = Math.min(innerWidth - 2, Math.max(1, box.left + box.width / 2));
  const y = Math.min(innerHeight - 2, Math.max(1, box.top + Math.min(box.height, 12) / 2));
  const top = document.elementFromPoint(x, y);
  const bar = top && !e.contains(top) && !top.contains(e) && top.closest(".nav");
  if (bar) wrong.push("under the bar");
  return wrong.length ? `${wrong.join(", ")}: ${e.outerHTML.slice(0, 100)}` : null;
}
