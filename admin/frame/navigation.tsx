import { useLocation } from "preact-iso";
import { NAVIGATION } from "./menu.ts";

const isWithin = (path: string, href: string) =>
  href === "/admin/"
    ? path === href || path === "/admin"
    : path === href || path.startsWith(`${href}/`);

/** Links to all parts of the admin pages. The link to the current part is marked. */
export function Navigation({ onChoose }: { onChoose(): void }) {
  const { path } = useLocation();
  return (
    <nav aria-label="Main" class="navigation">
      {NAVIGATION.map(({ title, links }) => (
        <section key={title}>
          <h2>{title}</h2>
          <ul>
            {links.map((link) => (
              <li key={link.href}>
                <a
                  href={link.href}
                  onClick={onChoose}
                  {...(isWithin(path, link.href) && { "aria-current": "page" as const })}
                >
                  {link.title}
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}
