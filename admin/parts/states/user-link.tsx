/** A user by its tag, and the way to its page; of some events it is not known any more. */
export const UserLink = ({ id, tag }: { id: string; tag: string | null }) =>
  tag === null ? (
    <span class="muted">unknown</span>
  ) : (
    <a class="name" href={`/admin/users/${id}`} title={tag}>
      {tag}
    </a>
  );
