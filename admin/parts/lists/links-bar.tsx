interface LinksBarProps {
  /** What it switches, for who hears the page. */
  label: string;
  links: readonly { title: string; href: string; isCurrent: boolean }[];
}

/** A few views of one thing, each with an address of its own. */
export const LinksBar = ({ label, links }: LinksBarProps) => (
  <nav aria-label={label} class="links-bar">
    {links.map(({ title, href, isCurrent }) => (
      <a key={href} href={href} {...(isCurrent && { "aria-current": "true" as const })}>
        {title}
      </a>
    ))}
  </nav>
);
