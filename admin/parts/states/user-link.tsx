/** The tag of a user, as a link to its page; `unknown` when the user of an event is not known. */
export const UserLink = ({ id, tag }: { id: string; tag: string | null }) =>
  tag === null ? (
    <span class="muted">unknown</span>
  ) : (
    <a class="name" href={`/admin/users/${id}`} title={tag}>
      {tag}
    </a>
  );
