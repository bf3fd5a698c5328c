// the center's /ws and REST → what a welcome screen shows.
import { askSession, goToSignIn, Refusal } from "../../api";
import { welcome } from "../../api/checkin";
import { Socket } from "../../socket";
import { ServerClock } from "../../store/clock";
import { language } from "../../text/chosen";
import { LOOK_AGAIN_MS, type Listener, type Source } from "./source";

export class CenterSource implements Source {
  private readonly clock = new ServerClock();
  private readonly gate: string;

  constructor(gate: string) {
    this.gate = gate;
  }

  start(listener: Listener): void {
    const look = () => void this.look(listener);
    const socket: Socket = new Socket(
      {
        heard: (serverTimeUs, fresh) => {
          if (fresh) this.clock.reset();
          this.clock.hear(serverTimeUs, performance.now());
        },
        apply: (message) => {
          const mine = (message.greetings ?? []).filter((one) => one.gate === this.gate);
          if (mine.length > 0) listener.greetings(mine, this.nowUs());
        },
        changed: (state) => {
          listener.connected(state.phase === "live");
          if (state.phase === "live") look();
        },
        checkSession: () =>
          void askSession(language.value).then((answer) => {
            if (answer.kind === "gone") socket.input({ kind: "signed_out" });
          }),
        leave: goToSignIn,
        reload: () => location.reload(),
      },
      ["greetings"],
    );
    socket.start();
    look();
    window.setInterval(look, LOOK_AGAIN_MS);
  }

  nowUs(): number | null {
    return this.clock.nowUs(performance.now());
  }

  photo(greeting: string): string {
    return welcome.photo(greeting);
  }

  private async look(listener: Listener): Promise<void> {
    try {
      listener.screen(await welcome.get(this.gate));
    } catch (error) {
      if (!(error instanceof Refusal)) return;
      if (error.status === 404 || error.status === 422) listener.trouble("no_gate");
      else if (error.status === 403) listener.trouble("refused");
      else if (error.status === 401) goToSignIn();
    }
  }
}
