/** Shows a user's tag as a link to the user's page; `unknown` when the tag is null. */
export const UserLink = ({ id, tag }: { id: string; tag: string | null }) =>
  tag === null ? (
    <span class="muted">unknown</span>
  ) : (
    <a class="name" href={`/admin/users/${id}`} title={tag}>
      {tag}
    </a>
  );
