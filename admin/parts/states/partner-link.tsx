/** Shows a partner's name as a link to the partner's page. */
export const PartnerLink = ({ id, name }: { id: string; name: string }) => (
  <a class="name" href={`/admin/partners/${id}`} title={name}>
    {name}
  </a>
);
