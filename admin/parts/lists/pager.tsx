interface PagerProps {
  /** Called to show the first page; absent on the first page. */
  onFirst?: (() => void) | undefined;
  /** Called to show the next page; absent on the last page. */
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
