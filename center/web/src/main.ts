// The entry of every page: the one the address asks for is fetched, and no other.
import { placeOf, type Page, type Place } from "./pages";
import "./style/tokens.css";
import "./style/page.css";

interface Entry {
  open(place: Place): void;
}

const ENTRIES: Readonly<Record<Page, () => Promise<Entry>>> = {
  wall: () => import("./wall"),
  welcome: () => import("./welcome/welcome"),
  checkin: () => import("./checkin/checkin"),
  people: () => import("./people/people"),
  events: () => import("./events/events"),
};

const place = placeOf(location.pathname);
void ENTRIES[place.page]().then((entry) => entry.open(place));
