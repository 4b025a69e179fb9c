interface LinksBarProps {
  /** The label of the links, for screen readers. */
  label: string;
  links: readonly { title: string; href: string; isCurrent: boolean }[];
}

/** Links to several views of the same data. Each view has its own address. */
export const LinksBar = ({ label, links }: LinksBarProps) => (
  <nav aria-label={label} class="links-bar">
    {links.map(({ title, href, isCurrent }) => (
      <a key={href} href={href} {...(isCurrent && { "aria-current": "true" as const })}>
        {title}
      </a>
    ))}
  </nav>
);
