// the gate's own screen: server-sent events of the machine at the gate, which greets also while the center is away.
//
// `./welcome?token=…` is what the screen shows, `./greetings?token=…` an event stream of greetings as JSON; the browser itself reconnects.
import type { Welcome } from "../../api/checkin";
import type { LiveGreeting } from "../../wire";
import { ServerClock } from "../../store/clock";
import { LOOK_AGAIN_MS, type Listener, type Source } from "./source";

const TIMEOUT_MS = 5_000;
/** The gateway says every five seconds that it is there, and its time; a line that was cut tells a browser nothing. */
const SILENT_MS = 15_000;
/** A stream that was closed for good (a refusal) is opened anew. */
const REOPEN_MS = 3_000;

export class EdgeSource implements Source {
  private readonly clock = new ServerClock();
  private readonly token: string;

  constructor(token: string) {
    this.token = token;
  }

  start(listener: Listener): void {
    this.listen(listener);
    const look = () => void this.look(listener);
    look();
    window.setInterval(look, LOOK_AGAIN_MS);
  }

  nowUs(): number | null {
    return this.clock.nowUs(performance.now());
  }

  photo(greeting: string): string {
    return this.address(`photos/${encodeURIComponent(greeting)}`);
  }

  private listen(listener: Listener): void {
    const stream = new EventSource(this.address("greetings"));
    let silence = 0;
    const beat = () => {
      window.clearTimeout(silence);
      silence = window.setTimeout(() => {
        stream.close();
        listener.connected(false);
        this.listen(listener);
      }, SILENT_MS);
    };
    stream.addEventListener("beat", (event: MessageEvent<string>) => {
      beat();
      this.clock.hear(Number(event.data), performance.now());
    });
    stream.onopen = () => {
      this.clock.reset();
      listener.connected(true);
      beat();
    };
    stream.onmessage = (event: MessageEvent<string>) => {
      beat();
      const said = JSON.parse(event.data) as LiveGreeting | readonly LiveGreeting[];
      listener.greetings("id" in said ? [said] : said, this.nowUs());
    };
    stream.onerror = () => {
      listener.connected(false);
      if (stream.readyState !== EventSource.CLOSED) return;
      window.clearTimeout(silence);
      window.setTimeout(() => this.listen(listener), REOPEN_MS);
    };
    beat(); // a connection that never opens tells nothing either
  }

  private async look(listener: Listener): Promise<void> {
    try {
      const answer = await fetch(this.address("welcome"), {
        cache: "no-store",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (answer.ok) listener.screen((await answer.json()) as Welcome);
      else if (answer.status === 404) listener.trouble("no_gate");
      else if (answer.status === 401 || answer.status === 403) listener.trouble("refused");
    } catch {
      // It is away: the stream says so.
    }
  }

  private address(path: string): string {
    return `./${path}?token=${encodeURIComponent(this.token)}`;
  }
}
