/** The tag of a user, as a link to its page. For some events the user is no longer known. */
export const UserLink = ({ id, tag }: { id: string; tag: string | null }) =>
  tag === null ? (
    <span class="muted">unknown</span>
  ) : (
    <a class="name" href={`/admin/users/${id}`} title={tag}>
      {tag}
    </a>
  );
