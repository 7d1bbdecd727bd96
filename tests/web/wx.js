// The tests' stand-in for Weixin's own script: plays `wx` with the shapes of Weixin's pages on it, as PLAY says.
// PLAY is put in by the server of the tests: {"config": "ok" | "error", "able": bool, "choose": "success" | "cancel" | "fail" |
// "empty", "encrypt_code": text, "as_list": bool}.
(() => {
  const play = PLAY;
  const seen = (window.wxSeen = { config: null, card: null });
  let isReady = null;
  const afterReady = [];
  const failed = [];
  window.wx = {
    config(told) {
      seen.config = told;
      const whole = ["appId", "timestamp", "nonceStr", "signature", "jsApiList"].every((name) => told[name]);
      const isGood = whole && /^[0-9a-f]{40}$/.test(told.signature) && play.config === "ok";
      setTimeout(() => {
        isReady = isGood;
        if (isGood) afterReady.forEach((then) => then());
        else failed.forEach((then) => then({ errMsg: "config:invalid signature" }));
      }, 5);
    },
    ready(then) {
      if (isReady) then();
      else afterReady.push(then);
    },
    error(then) {
      failed.push(then);
    },
    checkJsApi({ jsApiList, success }) {
      const checkResult = Object.fromEntries(jsApiList.map((name) => [name, play.able]));
      setTimeout(() => success({ checkResult, errMsg: "checkJsApi:ok" }), 5);
    },
    chooseCard(asked) {
      seen.card = asked;
      const whole = ["timestamp", "nonceStr", "signType", "cardSign"].every((name) => asked[name]);
      const list = [{ card_id: "pCARD", encrypt_code: play.encrypt_code }];
      const given = play.choose === "empty" || !whole ? [] : list;
      setTimeout(() => {
        if (play.choose === "cancel") asked.cancel({ errMsg: "chooseCard:cancel" });
        else if (play.choose === "fail") asked.fail({ errMsg: "chooseCard:fail, the permission value is offline verifying" });
        else asked.success({ cardList: play.as_list ? given : JSON.stringify(given), errMsg: "chooseCard:ok" });
      }, 5);
    },
  };
})();
