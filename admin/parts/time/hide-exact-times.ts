/** Hides the exact times of a row when Escape is pressed, until the focus moves (style/time.css). */
export function hideExactTimes(): void {
  const { classList } = document.documentElement;
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") classList.add("no-exact-times");
  });
  document.addEventListener("focusin", () => classList.remove("no-exact-times"));
}
