/** The name of a partner, as a link to its page. */
export const PartnerLink = ({ id, name }: { id: string; name: string }) => (
  <a class="name" href={`/admin/partners/${id}`} title={name}>
    {name}
  </a>
);
