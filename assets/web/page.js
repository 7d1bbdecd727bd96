// The page: shows what the server says, and asks Weixin for the list of coupons. It decides nothing about a coupon.
"use strict";

(() => {
  const at = (id) => document.getElementById(id);
  const sentences = JSON.parse(at("sentences").textContent);
  const say = (key) => sentences[key] || key;
  const lang = document.documentElement.lang;
  const isCoupon = location.pathname === "/coupon";
  const opened = new URLSearchParams(location.search);

  let nonce = null;
  let shown = null; // the newest view of the server
  let following = 0; // the newest round of asking for news
  let acting = false;
  let weixin = null; // a promise of `wx`, ready to be asked

  // --- What is seen ---------------------------------------------------------------------------------------------

  function key(button, label, act) {
    button.hidden = !label;
    button.textContent = label || "";
    button.onclick = act || null;
    button.disabled = acting;
  }

  function draw(view, keys) {
    const page = at("page");
    page.dataset.stage = view.stage;
    page.dataset.tone = view.tone;
    at("head").textContent = view.head;
    at("words").textContent = view.words || "";
    at("advice").textContent = view.advice || "";
    const coupon = view.coupon;
    at("coupon").hidden = !coupon;
    if (coupon) {
      at("name").textContent = coupon.name;
      at("benefit-row").hidden = !coupon.benefit;
      at("benefit").textContent = coupon.benefit || "";
      at("validity").textContent = coupon.validity;
      at("code").textContent = coupon.code;
    }
    key(at("main-key"), ...(keys[0] || []));
    key(at("other-key"), ...(keys[1] || []));
    at("developer").hidden = true;
  }

  /** A word of the page itself, with a key that leads on. */
  function tell(name, ...keys) {
    following += 1;
    draw({ stage: "told", tone: "bad", head: say(name), words: sentences[`${name}.do`] || "" }, keys);
  }

  function forDeveloper(fact) {
    at("causes").replaceChildren(
      ...["page-cause-signature", "page-cause-time", "page-cause-filter"].map((cause) => {
        const item = document.createElement("li");
        item.textContent = say(cause);
        return item;
      }),
    );
    at("fact").textContent = fact || "";
    at("developer").hidden = false;
  }

  function show(view) {
    shown = view;
    const again = [say("page-again"), () => act("/api/cancel", {})];
    if (view.stage === "choose") {
      draw(view, [[say("page-choose"), choose]]);
    } else if (view.stage === "review" && view.can_confirm) {
      const confirm = () => act("/api/confirm", { look_up: view.look_up }, "page-confirming");
      draw(view, [[say("page-confirm"), confirm], [say("page-cancel"), again[1]]]);
    } else if (view.stage === "review") {
      draw(view, [null, [say("page-cancel"), again[1]]]);
    } else {
      draw(view, view.can_go_on ? [null, again] : []);
    }
    following += 1;
    if (view.follow) follow(view.tag, following);
  }

  // --- The server -----------------------------------------------------------------------------------------------

  async function ask(path, body) {
    const answer = await fetch(path, {
      method: body ? "POST" : "GET",
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body ? JSON.stringify({ lang, ...body }) : undefined,
      credentials: "same-origin",
      cache: "no-store",
    });
    const told = (answer.headers.get("Content-Type") || "").startsWith("application/json")
      ? await answer.json()
      : {};
    return { status: answer.status, told };
  }

  /** Where things stand, and a nonce: at the start, and whenever it is not known what became of an act. */
  async function begin(body) {
    const { told } = await ask("/api/begin", body || {});
    if (!told.view) throw new Error("begin");
    nonce = told.nonce;
    show(told.view);
    return told.view;
  }

  async function resume() {
    tell("page-start");
    await begin().catch(offline);
  }

  function offline() {
    tell("page-offline", [say("page-retry"), resume]);
  }

  /** One act, once: the keys rest until its answer is there. A lost answer is no failure: the server knows. */
  async function act(path, body, label) {
    if (acting) return;
    acting = true;
    following += 1;
    for (const button of [at("main-key"), at("other-key")]) button.disabled = true;
    if (label) at("main-key").textContent = say(label);
    try {
      const spent = nonce;
      nonce = null;
      const { status, told } = await ask(path, { nonce: spent, ...body });
      acting = false;
      if (told.nonce) nonce = told.nonce;
      if (told.view) show(told.view);
      else if (told.error === "one_only") refused("page-one-only", spent);
      else if (told.error === "empty") nothingChosen("page-empty", spent);
      else if (told.error === "link") refused("page-bad-link", spent);
      else if (status === 401) await begin();
      else await begin();
    } catch {
      acting = false;
      offline();
    }
  }

  /** What was refused before its nonce was spent. */
  function refused(name, unspent) {
    nonce = unspent;
    tell(name, [say("page-again"), () => (shown ? show(shown) : resume())]);
  }

  function nothingChosen(name, unspent) {
    if (unspent) nonce = unspent;
    tell(name, [say("page-choose"), choose]);
    forDeveloper();
  }

  async function follow(tag, round) {
    while (round === following) {
      try {
        const { status, told } = await ask(`/api/state?${new URLSearchParams({ lang, tag })}`);
        if (round !== following) return;
        if (status === 401) return void (await begin());
        if (told.view && told.view.tag !== tag) return show(told.view);
        if (!told.view) await pause(3000);
      } catch {
        await pause(3000);
      }
    }
  }

  const pause = (millis) => new Promise((done) => setTimeout(done, millis));

  // --- Weixin ---------------------------------------------------------------------------------------------------

  /** Weixin's own script, from the configured address. */
  function load() {
    return new Promise((loaded, failed) => {
      const script = document.createElement("script");
      script.src = document.documentElement.dataset.jweixin;
      script.onload = () => (window.wx ? loaded(window.wx) : failed(new Error("page-no-script")));
      script.onerror = () => failed(new Error("page-no-script"));
      setTimeout(() => failed(new Error("page-no-script")), 10000);
      document.head.append(script);
    });
  }

  async function sign() {
    const { status, told } = await ask("/api/sign", { url: location.href.split("#")[0] });
    if (status === 401) {
      await begin();
      return sign();
    }
    if (!told.config) throw new Error("page-not-signed");
    return told;
  }

  /** `wx`, configured and able to choose. */
  async function ready() {
    const [wx, { config }] = await Promise.all([load(), sign()]);
    await new Promise((done, failed) => {
      wx.ready(done);
      wx.error((told) => failed(Object.assign(new Error("page-not-signed"), { fact: told && told.errMsg })));
      wx.config({ debug: false, ...config, jsApiList: ["chooseCard"] });
      setTimeout(() => failed(new Error("page-no-script")), 15000);
    });
    const able = await new Promise((done) => {
      wx.checkJsApi({
        jsApiList: ["chooseCard"],
        success: (told) => {
          const found = typeof told.checkResult === "string" ? JSON.parse(told.checkResult) : told.checkResult;
          done(Boolean(found && found.chooseCard));
        },
        fail: () => done(false),
      });
    });
    if (!able || typeof wx.chooseCard !== "function") throw new Error("page-too-old");
    return wx;
  }

  async function choose() {
    if (acting) return;
    acting = true;
    draw({ stage: "choosing", tone: "plain", head: say("page-choosing") }, []);
    try {
      weixin = weixin || ready();
      const wx = await weixin;
      const { card } = await sign();
      const end = (then) => (told) => {
        acting = false;
        then(told || {});
      };
      wx.chooseCard({
        ...card,
        success: end((told) => act("/api/choose", { card_list: told.cardList || "[]" })),
        cancel: end(() => nothingChosen("page-cancelled")),
        fail: end((told) => {
          tell("page-not-signed", [say("page-retry"), choose]);
          forDeveloper(told.errMsg);
        }),
      });
    } catch (trouble) {
      acting = false;
      weixin = null;
      const known = ["page-no-script", "page-not-signed", "page-too-old"].includes(trouble.message);
      tell(known ? trouble.message : "page-offline", [say("page-retry"), choose]);
      if (trouble.message === "page-not-signed") forDeveloper(trouble.fact);
    }
  }

  // --- The beginning --------------------------------------------------------------------------------------------

  at("language").onclick = () => {
    const there = new URL(location.href);
    there.searchParams.set("lang", lang === "zh" ? "en" : "zh");
    location.replace(there);
  };

  // Back to a page that the browser has kept: what it shows may be long over.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) resume();
  });

  async function start() {
    if (!/MicroMessenger/i.test(navigator.userAgent)) {
      tell("page-outside");
      return;
    }
    const pass = opened.get("pass");
    await begin(pass ? { pass } : {});
    if (isCoupon) {
      const query = location.search;
      // A reload asks for how things stand, and does not open the link again.
      history.replaceState(null, "", `/?lang=${lang}`);
      await act("/api/coupon", { query });
    }
  }

  start().catch(offline);
})();
