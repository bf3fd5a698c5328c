// The entry of a gate's own screen, served by the machine at the gate: `/?token=…`.
import { createApp } from "vue";
import { EdgeSource } from "./welcome/source/edge";
import WelcomePage from "./welcome/WelcomePage.vue";
import "./style/page.css";
import "./style/tokens.css";

const asked = new URLSearchParams(location.search);
const source = new EdgeSource(asked.get("token") ?? "");
createApp(WelcomePage, { gate: asked.get("gate") ?? "", source }).mount("#app");
