import type { ComponentType } from "preact";
import { lazy } from "preact-iso";
import { useEffect, useState } from "preact/hooks";
import { Page } from "./page.tsx";
import { compareVersion, reloadOnce } from "./version.ts";

type LoadScreen = () => Promise<ComponentType>;

/**
 * Returns a screen whose code is loaded when it is first shown. If that fails, the screen says so
 * and can try again. If it fails because a deployment has replaced the code, the page reloads.
 */
export const lazyScreen = (load: LoadScreen): ComponentType =>
  lazy(() => load().catch(() => createUnloadedScreen(load)));

function createUnloadedScreen(load: LoadScreen): ComponentType {
  let Loaded: ComponentType | undefined;
  return function UnloadedScreen(props: object) {
    const [, setRound] = useState(0);
    const retry = async (isAsked: boolean) => {
      const version = await compareVersion();
      if (version === "other") reloadOnce();
      try {
        Loaded = await load();
        setRound((round) => round + 1);
      } catch {
        // Chromium does not load a script again whose first load failed, until the page reloads.
        if (isAsked && version !== "unknown") location.reload();
      }
    };
    useEffect(() => void (Loaded ?? retry(false)), []);
    return Loaded ? <Loaded {...props} /> : <NotLoaded onRetry={() => void retry(true)} />;
  };
}

const NotLoaded = ({ onRetry }: { onRetry(): void }) => (
  <Page title="This page could not be loaded">
    <div class="note note-bad" role="alert">
      <p>
        The server did not answer, or a new version was deployed. Check your connection, then try
        again. Reload if that does not help.
      </p>
      <div class="actions">
        <button type="button" class="small" onClick={onRetry}>
          Try again
        </button>
        <button type="button" class="small secondary" onClick={() => location.reload()}>
          Reload
        </button>
      </div>
    </div>
  </Page>
);
