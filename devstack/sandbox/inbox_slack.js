// A Slack thread: blocks, buttons that can be pressed, what people wrote below, a line to write one.
views.slack = async message => {
  const found = await (await fetch("/messages?channel=slack&to=" + encodeURIComponent(message.to[0]))).json();
  const thread = found.items.filter(m => m.thread === message.thread);
  const replies = thread.flatMap(m => m.replies || []).map(r => ({ ts: r.ts, reply: r }));
  const posts = thread.map(m => ({ ts: m.body.ts, post: m }));
  const said = element("p", "", "empty");
  said.setAttribute("role", "status");
  const rows = [...posts, ...replies].sort((a, b) => a.ts.localeCompare(b.ts))
    .map(row => row.post ? post(row.post) : reply(row.reply));
  return [...rows, line(), said];

  async function answer(does) {
    const asked = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(does) };
    const done = await (await fetch("/answer", asked)).json();
    said.textContent = done.detail || "The dispatcher answered " + done.status + ".";
    if (done.answer && done.answer.text) said.textContent = done.answer.text;
    setTimeout(() => drawReader(message), 1500);
  }
  function post(m) {
    const card = element("section", undefined, "card");
    const edited = m.edits ? " · edited" : "", shown = m.body.reply_broadcast ? " · also in the channel" : "";
    card.append(element("div", m.from + " · " + time(m) + edited + shown, "top"));
    for (const block of m.body.blocks || [{ type: "section", text: { text: m.text } }])
      card.append(...drawn(block, m));
    return card;
  }
  function reply(r) {
    const card = element("section", undefined, "card");
    card.append(element("div", r.user, "top"), element("p", r.text));
    return card;
  }
  function drawn(block, m) {
    if (block.type === "header") return [element("h2", block.text.text)];
    if (block.type === "context") return block.elements.map(e => marked("p", e.text, "empty"));
    if (block.type === "actions") return block.elements.map(e => button(e, m));
    return [block.text, ...(block.fields || [])].filter(Boolean).map(t => marked("p", t.text));
  }
  function button(e, m) {
    const made = element("button", e.text.text);
    made.type = "button";
    made.onclick = () => {
      const typed = e.action_id.endsWith("_ask") ? prompt(e.text.text) : undefined;
      if (typed !== null) answer({ message_id: m.id, click: e.text.text, ...(typed && { reply: typed }) });
    };
    return made;
  }
  function line() {
    const form = element("form"), input = element("input"), send = element("button", "Reply in the thread");
    input.placeholder = "a reply, or /outage";
    input.setAttribute("aria-label", "Reply");
    form.append(input, " ", send);
    form.onsubmit = event => {
      event.preventDefault();
      if (input.value) answer({ message_id: message.id, reply: input.value });
    };
    return form;
  }
  function marked(tag, text, className) {
    const made = element(tag, undefined, className);
    for (const part of text.split(/(<https?:[^>]+>|\*[^*\n]+\*|\n)/)) {
      const link = /^<([^|>]+)\|?([^>]*)>$/.exec(part), bold = /^\*([^*]+)\*$/.exec(part);
      if (part === "\n") made.append(element("br"));
      else if (link) {
        const a = element("a", plain(link[2] || link[1]));
        a.href = plain(link[1]); a.target = "_blank"; a.rel = "noreferrer";
        made.append(a);
      } else made.append(bold ? element("strong", plain(bold[1])) : plain(part));
    }
    return made;
  }
  function plain(text) {
    return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
  }
};
