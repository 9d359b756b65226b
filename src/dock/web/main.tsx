// What does the far end of every wire look like to a hand on a laptop?
import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import type { DockAct, DockState } from "../world.js";
import { Machine } from "./machine.js";
import { People, Tray } from "./people.js";
import { Slips } from "./slips.js";
import "./style.css";

export type Act = (act: DockAct) => void;

const useDock = (): {
  state: DockState | null;
  problem: string | null;
  act: Act;
  upload: (to: "tray" | "face", file: File) => void;
} => {
  const [state, setState] = useState<DockState | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let ended = false;
    let socket: WebSocket;
    const open = (): void => {
      socket = new WebSocket(`ws://${location.host}/live`);
      socket.onmessage = (message) => setState(JSON.parse(String(message.data)) as DockState);
      socket.onclose = () => {
        if (!ended) setTimeout(open, 500);
      };
    };
    open();
    return () => {
      ended = true;
      socket.close();
    };
  }, []);
  const send = async (path: string, body: BodyInit, type: string): Promise<void> => {
    const reply = await fetch(path, { method: "POST", body, headers: { "content-type": type } });
    const answer = (await reply.json()) as DockState & { error?: string };
    setProblem(reply.ok ? null : (answer.error ?? `error ${reply.status}`));
  };
  const report = (error: unknown): void => setProblem(String(error));
  return {
    state,
    problem,
    act: (act) => void send("/act", JSON.stringify(act), "application/json").catch(report),
    upload: (to, file) =>
      void send(`/${to}?title=${encodeURIComponent(file.name)}`, file, "application/octet-stream").catch(
        report,
      ),
  };
};

const Dock = () => {
  const { state, problem, act, upload } = useDock();
  if (state === null) return <p className="waiting">Waiting for the simulated board …</p>;
  return (
    <>
      <header>
        <h1>Dock</h1>
        <p>the far end of every wire of the simulated kiosk</p>
        <nav>
          <a href={state.addresses.screen} target="_blank" rel="noreferrer">
            Citizen screen
          </a>
          {state.addresses.portal !== null && (
            <a href={state.addresses.portal} target="_blank" rel="noreferrer">
              Portal
            </a>
          )}
        </nav>
        {state.deskAccounts.length > 0 && (
          <p className="accounts">
            Portal logins, made up:{" "}
            {state.deskAccounts.map(({ name, role }) => `${name} (${role})`).join(", ")}; password{" "}
            <code>{state.deskAccounts[0]?.password}</code>
          </p>
        )}
      </header>
      {problem !== null && <p role="alert">{problem}</p>}
      <main>
        <div>
          <People state={state} act={act} />
          <Tray state={state} act={act} upload={upload} />
        </div>
        <Slips state={state} act={act} />
        <Machine state={state} act={act} />
      </main>
    </>
  );
};

const root = document.getElementById("root");
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <Dock />
    </StrictMode>,
  );
