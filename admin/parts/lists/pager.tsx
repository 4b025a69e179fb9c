interface PagerProps {
  /** Shows the first page. Undefined when the first page is already shown. */
  onFirst?: (() => void) | undefined;
  /** Shows the next page. Undefined on the last page. */
  onNext?: (() => void) | undefined;
}

export const Pager = ({ onFirst, onNext }: PagerProps) =>
  onFirst || onNext ? (
    <nav class="pager" aria-label="Pages">
      <button type="button" class="small secondary" disabled={!onFirst} onClick={onFirst}>
        First page
      </button>
      <button type="button" class="small secondary" disabled={!onNext} onClick={onNext}>
        Next page
      </button>
    </nav>
  ) : null;
