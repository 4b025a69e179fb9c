import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useSession } from "../session/session.tsx";
import { countOpen, HealthBar, useHealth } from "../screens/health/health-bar.tsx";
import { Navigation } from "./navigation.tsx";
import { PaletteOpener } from "./palette-opener.tsx";
import { SchemeSwitch } from "./scheme-switch.tsx";
import { TimeSwitch } from "./time-switch.tsx";

/** The header and the navigation around every screen of a signed-in admin. */
export function Frame({ children }: { children: ComponentChildren }) {
  const { admin, defaultPassword, signOut } = useSession();
  const health = useHealth();
  const [isOpen, setOpen] = useState(false);
  return (
    <div class="frame">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <button
          type="button"
          class="small secondary menu"
          aria-expanded={isOpen}
          aria-controls="side"
          onClick={() => setOpen(!isOpen)}
        >
          Menu
        </button>
        <a class="brand" href="/admin/">
          SuperIMAP
        </a>
        <PaletteOpener />
        <a href="/admin/account" class="me">
          {admin.name || admin.email}
          {admin.role !== "owner" && ` (${admin.role})`}
        </a>
        <button type="button" class="small secondary outline" onClick={signOut}>
          Sign out
        </button>
      </header>
      <div id="side" class={isOpen ? "side open" : "side"}>
        <Navigation onChoose={() => setOpen(false)} openProblems={countOpen(health)} />
        <section aria-label="Display">
          <TimeSwitch />
          <SchemeSwitch />
        </section>
      </div>
      <main id="main" tabIndex={-1}>
        <HealthBar health={health} />
        {defaultPassword && (
          <div class="note note-bad">
            <p>
              <strong>You are using the default password.</strong>{" "}
              <a href="/admin/account">Change it</a> before you use this installation for real mail.
            </p>
          </div>
        )}
        {children}
      </main>
    </div>
  );
}
