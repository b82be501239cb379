// Helps while a customer types and waits. The server checks everything again, and every page works without this file.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const here = (node) => location.replace(node.dataset.here);

  // What is typed.
  const scheme = (input) => {
    const first = input.value.replace(/\D/g, "").slice(0, 6);
    if (first.length < 6) return null;
    for (const row of input.dataset.schemes.split("|")) {
      const [, from, to, cvv, name] = row.match(/^(\d+)-(\d+) (\d) (.*)$/);
      if (first >= from && first <= to) return { cvv: +cvv, name };
    }
    return undefined;
  };
  const luhn = (digits) => {
    let sum = 0;
    for (let i = 0; i < digits.length; i++) {
      const d = +digits[digits.length - 1 - i] * (1 + (i % 2));
      sum += d > 9 ? d - 9 : d;
    }
    return sum % 10 === 0;
  };
  // Each says what is wrong with a field, if anything. A warning never keeps the form from being sent.
  const checks = {
    number(input) {
      const text = input.value.replace(/[ -]/g, "");
      if (/\D/.test(text)) return input.dataset.digits;
      if (text.length < 12 || text.length > 19) return input.dataset.length;
      return luhn(text) ? "" : input.dataset.mistyped;
    },
    expiry(input) {
      const text = input.value.replace(/[ /-]/g, "");
      return /^(0[1-9]|1[0-2])(20)?\d\d$/.test(text) ? "" : input.dataset.unreadable;
    },
    cvv(input) {
      const known = scheme($("card_number"));
      const fits = known ? input.value.length === known.cvv : /^.{3,4}$/.test(input.value);
      return fits && /^\d+$/.test(input.value) ? "" : input.dataset.length;
    },
    vpa: (input) => (/^[^\s@]+@[^\s@]+$/.test(input.value.trim()) ? "" : input.dataset.unreadable),
    some: (input) => (input.value.trim() ? "" : input.dataset.missing),
  };
  const warnings = {
    number: (input) => (scheme(input) === undefined ? input.dataset.unknown : ""),
    expiry(input) {
      // The customer's clock may be wrong: it warns, and does not decide.
      const text = input.value.replace(/\D/g, "");
      const now = new Date();
      const end = (2000 + +text.slice(-2)) * 12 + +text.slice(0, 2);
      return end <= now.getFullYear() * 12 + now.getMonth() ? input.dataset.past : "";
    },
  };
  const say = (input, text) => {
    const fault = $(input.id + "-fault");
    if (fault.textContent !== text) fault.textContent = text;
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };
  const look = (input) => {
    const kind = input.dataset.check;
    const wrong = checks[kind](input);
    say(input, wrong || (warnings[kind] && warnings[kind](input)) || "");
    return wrong;
  };
  for (const input of document.querySelectorAll("[data-check]")) {
    const judged = () => input.getAttribute("aria-invalid") === "true";
    input.addEventListener("change", () => input.value && look(input));
    input.addEventListener("input", () => {
      if (judged() && !checks[input.dataset.check](input)) look(input);
    });
  }

  // A card's number in fours, with the cursor where it was; the scheme as a word.
  const number = $("card_number");
  if (number) {
    number.addEventListener("input", () => {
      if (/[^\d -]/.test(number.value)) return;
      const before = number.value.slice(0, number.selectionStart).replace(/\D/g, "").length;
      const text = number.value.replace(/\D/g, "").slice(0, 19).replace(/(.{4})(?=.)/g, "$1 ");
      if (text !== number.value) {
        number.value = text;
        let at = 0;
        for (let seen = 0; seen < before && at < text.length; at++) if (text[at] !== " ") seen++;
        number.setSelectionRange(at, at);
      }
      const known = scheme(number);
      const name = known ? known.name : "";
      if ($("scheme").value !== name) $("scheme").value = name;
    });
    const expiry = $("card_expiry");
    expiry.addEventListener("input", (event) => {
      if (/^\d\d$/.test(expiry.value) && (event.inputType || "").startsWith("insert")) expiry.value += "/";
      else expiry.value = expiry.value.replace(/^(\d\d)(\d)/, "$1/$2").replace("//", "/");
    });
  }

  // One press, one form. The attempt's number in it says the same to the server.
  const sent = [];
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      const wrong = [...form.querySelectorAll("[data-check]")].filter(look);
      if (wrong.length || form.dataset.sent) {
        event.preventDefault();
        if (wrong.length) wrong[0].focus();
        return;
      }
      form.dataset.sent = "yes";
      const button = form.querySelector("button");
      const text = button.textContent;
      sent.push(() => {
        delete form.dataset.sent;
        button.disabled = false;
        button.textContent = text;
      });
      setTimeout(() => {
        button.disabled = true;
        if (button.dataset.wait) button.textContent = button.dataset.wait;
      });
    });
  }

  // For browsers that give `autofocus` to fields only.
  const errors = $("errors");
  if (errors) addEventListener("load", () => errors.focus());

  // The countdown: seconds for the eye, a few minutes for the ear.
  const left = $("left");
  if (left) {
    const end = Date.now() + left.dataset.left * 1000;
    const began = +left.dataset.left;
    let said = 0;
    const tick = setInterval(() => {
      const seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      left.textContent = Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
      const minutes = seconds / 60;
      if (seconds < began && (minutes === 5 || minutes === 1) && minutes !== said) {
        said = minutes;
        $("left-said").textContent = $("left-said").dataset.say + " " + minutes;
      }
      if (seconds === 0) {
        clearInterval(tick);
        // The server's clock decides; it is asked gently.
        setTimeout(() => here(left), 2000 + Math.random() * 3000);
      }
    }, 1000);
  }

  // A page that waits goes on by itself.
  const { follow } = document.body.dataset;
  if (follow) {
    const go = () => here(document.body);
    let lost = false;
    const events = new EventSource(follow);
    events.addEventListener("changed", go);
    events.addEventListener("error", () => {
      lost = true;
      if (events.readyState === EventSource.CLOSED) setTimeout(go, 5000);
    });
    // A phone puts this page to sleep while the customer is in an app: look once when it wakes.
    document.addEventListener("visibilitychange", () => !document.hidden && lost && go());
    addEventListener("pagehide", () => events.close());
  }

  // Out of the back button's memory: what was pressed can be pressed again, and what waits is looked at again.
  const back = document.querySelector("form[data-auto]");
  let carry;
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    clearTimeout(carry);
    if (back) $("going").hidden = true;
    sent.splice(0).forEach((undo) => undo());
    if (follow) here(document.body);
  });
  // Who comes here by the back button wants to be here: nothing sends them on but their own press.
  const returned = performance.getEntriesByType("navigation").some((entry) => entry.type === "back_forward");
  if (back && !returned) {
    $("going").hidden = false;
    carry = setTimeout(() => back.submit(), +back.dataset.auto);
  }
})();
