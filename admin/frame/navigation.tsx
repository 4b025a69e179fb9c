import { useLocation } from "preact-iso";
import { useMay } from "../session/use-may.ts";
import { NAVIGATION } from "./menu.ts";

const isWithin = (path: string, href: string) =>
  href === "/admin/"
    ? path === href || path === "/admin"
    : path === href || path.startsWith(`${href}/`);

/** Links to all parts of the admin pages. The link to the current part is marked. */
export function Navigation({
  onChoose,
  openProblems,
}: {
  onChoose(): void;
  /** Shown beside the overview; 0 when it is not known. */
  openProblems: number;
}) {
  const { path } = useLocation();
  const may = useMay();
  return (
    <nav aria-label="Main" class="navigation">
      {NAVIGATION.map(({ title, links }) => (
        <section key={title}>
          <h2>{title}</h2>
          <ul>
            {links
              .filter(({ needs = "viewer" }) => may(needs))
              .map((link) => (
                <li key={link.href}>
                  <a
                    href={link.href}
                    onClick={onChoose}
                    {...(isWithin(path, link.href) && { "aria-current": "page" as const })}
                  >
                    {link.title}{" "}
                    {link.href === "/admin/" && openProblems > 0 && (
                      <span class="count">
                        {openProblems}
                        <span class="for-readers">
                          {" "}
                          {openProblems === 1 ? "problem" : "problems"}
                        </span>
                      </span>
                    )}
                  </a>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}
