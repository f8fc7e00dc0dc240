// A text message: its parts as they are billed, what became of it, and a telephone to answer with.
views.sms = message => {
  const said = element("p", "", "empty");
  said.setAttribute("role", "status");
  return [text(), size(), answers(), reports(), said];

  function text() {
    const shown = element("p", undefined, "card");
    for (const part of message.text.split(/(https?:\/\/\S+)/)) {
      if (!part.startsWith("http")) { shown.append(part); continue; }
      const link = element("a", part);
      link.href = part;
      link.target = "_blank";
      link.rel = "noreferrer";
      shown.append(link);
    }
    return shown;
  }
  function size() {
    const parts = message.segments === 1 ? "1 part" : message.segments + " parts";
    const failed = message.error_code ? ", error " + message.error_code : "";
    return element("p", parts + ", " + message.encoding + ", " + message.units + " units · " +
      message.status + failed, "empty");
  }
  function answers() {
    const form = element("form"), input = element("input"), send = element("button", "Text back");
    input.setAttribute("aria-label", "Text back");
    form.append(...["1", "4", "STOP", "START", "HELP"].map(word => button(word, { reply: word })), " ",
      input, " ", send);
    form.onsubmit = event => {
      event.preventDefault();
      if (input.value) does({ reply: input.value });
      input.value = "";
    };
    return form;
  }
  function reports() {
    const row = element("p");
    row.append("The network says: ", ...["sent", "delivered", "undelivered 30003", "undelivered 30006"]
      .map(status => button(status, { report: status })));
    return row;
  }
  function button(label, what) {
    const made = element("button", label);
    made.type = "button";
    made.onclick = () => does(what);
    return made;
  }
  async function does(what) {
    const asked = { method: "POST", body: JSON.stringify({ message_id: message.id, ...what }) };
    const done = await (await fetch("/answer", asked)).json();
    said.textContent = done.detail || "The dispatcher answered " + done.status + ".";
  }
};
