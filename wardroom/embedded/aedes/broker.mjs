// users and a folder → an MQTT 3.1.1 broker that asks for credentials, keeps to their rights and survives SIGKILL.
// node broker.mjs PORT FOLDER MESSAGE_LIMIT [HEARTBEAT_MS]: reads FOLDER/users.json at start and again on SIGHUP, keeps its state in FOLDER/level.
import { scrypt, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Aedes } from 'aedes'
import persistence from 'aedes-persistence-level'
import { ClassicLevel } from 'classic-level'

const HOST = '127.0.0.1'
// A subscriber that stops reading holds up the others until it is disconnected; its messages stay in its session.
const DRAIN_MS = 3000
const REFUSED = 4
// After four of these the wills of a broker that was killed are told, where their clients have not come back.
const HEARTBEAT_MS = 15000

const [port, folder, messageLimit, heartbeat] = process.argv.slice(2)
const hash = promisify(scrypt)
// What went out before its PUBACK.
const published = new WeakSet()
let rules = read()

function read () {
  return JSON.parse(readFileSync(join(folder, 'users.json'), 'utf8'))
}

// Whether every topic that `filter` matches is matched by `allowed` too; a plain topic is a filter of itself.
function covers (allowed, filter) {
  const have = allowed.split('/')
  const want = filter.split('/')
  for (let level = 0; level < have.length; level++) {
    if (have[level] === '#') return true
    if (level >= want.length || want[level] === '#') return false
    if (have[level] !== '+' && have[level] !== want[level]) return false
  }
  return have.length === want.length
}

function may (client, right, topic) {
  return rules.users[client?.user]?.[right].some((allowed) => covers(allowed, topic)) ?? false
}

async function known (name, password) {
  const user = rules.users[name]
  if (!user || !password) return false
  const { n: N, r, p } = rules.scrypt
  const digest = await hash(password, Buffer.from(user.salt, 'hex'), 32, { N, r, p })
  return timingSafeEqual(digest, Buffer.from(user.hash, 'hex'))
}

function preConnect (client, packet, done) {
  client.lastWords = packet.will
  done(null, true)
}

// Who may not publish his will is refused here: when it is told, nobody may be left to ask about.
function authenticate (client, username, password, done) {
  const refuse = () => done(Object.assign(new Error('refused'), { returnCode: REFUSED }), false)
  known(username, password).then((right) => {
    if (!right || (client.lastWords && !may({ user: username }, 'writes', client.lastWords.topic))) return refuse()
    client.user = username
    done(null, true)
  }, refuse)
}

// Asked before the PUBACK, which so waits until the message is stored and sent on.
function authorizePublish (client, packet, done) {
  if (client === null) return done(null) // the will of somebody who was here before the broker was killed
  if (packet.payload.length > Number(messageLimit)) return done(new Error('message too large'))
  if (!may(client, 'writes', packet.topic)) return done(new Error('not allowed to publish'))
  if (packet.qos !== 1) return done(null)
  broker.publish(packet, client, (error) => {
    published.add(packet)
    done(error)
  })
}

function authorizeSubscribe (client, subscription, done) {
  done(null, may(client, 'reads', subscription.topic) ? subscription : null)
}

function authorizeForward (client, packet) {
  return may(client, 'reads', packet.topic) ? packet : null
}

// aedes acknowledges a message before it stores it, so that a kill between the two loses it; and of two messages on their way at once the
// one that is stored later is taken for a repeat, which reaches nobody. So here they go one after the other, and each but once.
function inTurn (publish) {
  let last = Promise.resolve()
  return (packet, ...rest) => {
    const done = rest.pop() ?? (() => {})
    if (published.has(packet)) return done(null)
    const before = last
    last = new Promise((resolve) => before.then(() => publish(packet, rest[0], (error) => {
      resolve()
      done(error)
    })))
  }
}

function fail (error) {
  console.error(`${error.code ?? 'error'}: ${error.message}`)
  process.exit(1)
}

const level = new ClassicLevel(join(folder, 'level'))
await level.open().catch(fail)
const broker = await Aedes.createBroker({
  persistence: persistence(level),
  drainTimeout: DRAIN_MS,
  heartbeatInterval: Number(heartbeat ?? HEARTBEAT_MS),
  preConnect,
  authenticate,
  authorizePublish,
  authorizeSubscribe,
  authorizeForward
})
broker.publish = inTurn(broker.publish.bind(broker))
broker.on('clientError', (client, error) => console.error(`client ${client?.id} (${client?.user}): ${error.message}`))
broker.on('connectionError', (client, error) => console.error(`connection: ${error.message}`))

const server = createServer({ noDelay: true }, broker.handle)
server.on('error', fail)
server.listen(Number(port), HOST)

process.on('SIGHUP', () => { rules = read() })
process.on('SIGTERM', () => {
  server.close()
  broker.close(() => level.close().then(() => process.exit(0), fail))
})
