interface PagerProps {
  /** Shows the first page. Undefined when the first page is already shown. */
  onFirst?: (() => void) | undefined;
  /** Shows the previous page. Undefined on the first page, and when it is not known. */
  onPrevious?: (() => void) | undefined;
  /** Shows the next page. Undefined on the last page. */
  onNext?: (() => void) | undefined;
}

export const Pager = ({ onFirst, onPrevious, onNext }: PagerProps) =>
  onFirst || onNext ? (
    <nav class="pager" aria-label="Pages">
      <PageButton title="First page" onPress={onFirst} />
      <PageButton title="Previous page" onPress={onPrevious} />
      <PageButton title="Next page" onPress={onNext} />
    </nav>
  ) : null;

const PageButton = ({ title, onPress }: { title: string; onPress: (() => void) | undefined }) => (
  <button type="button" class="small secondary" disabled={!onPress} onClick={() => onPress?.()}>
    {title}
  </button>
);
