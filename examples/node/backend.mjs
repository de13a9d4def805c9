// A backend for the menu in examples/menus, with Node's own modules alone.
//
// Run it with: node backend.mjs 8000
// ACTIONS_KEY is the key that PayTrace signs with. Without it, requests are taken
// unsigned, which is for a first try on one machine only.
//
// Answers and members are in memory, so they are lost with the process. A backend in
// service keeps both in one database, and writes them in one transaction.

import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const maxBody = 64 * 1024;
const tolerance = 5 * 60; // seconds by which a signature may be old

const key = process.env.ACTIONS_KEY ?? "";
const answers = new Map(); // by Idempotency-Key
const members = new Map([["+254711000111", { name: "Amina Odhiambo", cents: 1250000, pin: "1234" }]]);

class Refused extends Error {
  constructor(status, why) {
    super(why);
    this.status = status;
  }
}

// checkSignature checks the signature as Standard Webhooks say.
function checkSignature(headers, body) {
  if (!key) return;
  const id = headers["webhook-id"] ?? "";
  const stamp = headers["webhook-timestamp"] ?? "";
  if (!/^\d+$/.test(stamp) || Math.abs(Date.now() / 1000 - Number(stamp)) > tolerance) {
    throw new Refused(401, "the signature is missing or too old");
  }
  const secret = Buffer.from(key.replace(/^whsec_/, ""), "base64");
  const hash = createHmac("sha256", secret).update(`${id}.${stamp}.`).update(body).digest("base64");
  const right = Buffer.from("v1," + hash);
  const given = (headers["webhook-signature"] ?? "").split(" ").map((text) => Buffer.from(text));
  if (!given.some((one) => one.length === right.length && timingSafeEqual(one, right))) {
    throw new Refused(401, "the signature is wrong");
  }
}

function findMember(_, values) {
  if (typeof values.phone !== "string") throw new Refused(400, "phone is missing");
  const member = members.get(values.phone);
  return member ? { outcome: "found", values: { name: member.name, balance: member.cents } } : { outcome: "not_found" };
}

function withdraw(request, values) {
  if (!Number.isInteger(values.amount) || values.amount < 5000 || values.amount > 2000000) {
    throw new Refused(400, "amount is no amount");
  }
  // Asked again without the PIN, and the first request never came.
  if (values.pin === undefined) return { outcome: "failed" };
  const member = members.get(request.caller);
  if (!member || member.pin !== values.pin) return { outcome: "wrong_pin" };
  if (member.cents < values.amount) return { outcome: "too_little" };
  member.cents -= values.amount;
  return { outcome: "sent", values: { ref: `W-${answers.size + 1}` } };
}

const reads = { "/members/find": findMember };
const writes = { "/withdraw": withdraw };

// once does an action once for a key, and repeats its answer for the same key. It waits
// for nothing, so two requests can't be in it at once.
function once(id, request, action) {
  const { pin, ...values } = request.values; // a PIN is stored nowhere
  const asked = JSON.stringify([request.action, request.caller, Object.entries(values).sort()]);
  const known = answers.get(id);
  if (known && known.asked !== asked) throw new Refused(409, "the key belongs to another request");
  if (known) return known.answer;
  const answer = action(request, request.values);
  answers.set(id, { asked, answer });
  return answer;
}

function answer(path, headers, body) {
  checkSignature(headers, body);
  let request;
  try {
    request = JSON.parse(body);
  } catch {
    throw new Refused(400, "the body is not JSON");
  }
  if (path === "/verify") return { outcome: "ok" };
  if (typeof request?.values !== "object" || request.values === null) throw new Refused(400, "values is no object");
  if (reads[path]) return reads[path](request, request.values);
  if (writes[path]) return once(headers["idempotency-key"], request, writes[path]);
  throw new Refused(404, "there is no such action");
}

function reply(response, status, value) {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(value));
}

const server = createServer((request, response) => {
  const parts = [];
  let length = 0;
  request.on("data", (part) => {
    length += part.length;
    if (length <= maxBody) parts.push(part);
  });
  request.on("end", () => {
    try {
      if (length > maxBody) throw new Refused(413, "the body is too long");
      reply(response, 200, answer(request.url, request.headers, Buffer.concat(parts)));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      reply(response, error.status, { error: error.message });
    }
  });
});
server.listen(Number(process.argv[2] ?? 8000), "127.0.0.1", () => {
  console.log(`The backend answers at http://127.0.0.1:${server.address().port}`);
});
