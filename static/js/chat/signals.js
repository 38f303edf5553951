// What tells somebody who looks elsewhere: a number in the title, and a sound for those who asked for it.

const CHOICE = "sound";
const plain = document.title.replace(/^\(\d\+?\) /, "");
let audio;

/** Puts a number in front of the title; 0 takes it away. */
export function count(number) {
  document.title = number ? `(${number}) ${plain}` : plain;
}

export function wantsSound() {
  try {
    return sessionStorage.getItem(CHOICE) === "yes";
  } catch {
    return false;
  }
}

/** Two short notes, if they are wanted and the browser lets them. */
export function sound() {
  if (!wantsSound() || !wake()) return;
  for (const [after, pitch] of [[0, 660], [0.18, 880]]) {
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    const begin = audio.currentTime + after;
    gain.gain.setValueAtTime(0.0001, begin);
    gain.gain.exponentialRampToValueAtTime(0.2, begin + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, begin + 0.5);
    tone.frequency.value = pitch;
    tone.connect(gain).connect(audio.destination);
    tone.start(begin);
    tone.stop(begin + 0.55);
  }
}

/** Shows the choice in the ticks that have just arrived. */
export function reflect() {
  for (const tick of document.querySelectorAll("[data-sound]")) tick.checked = wantsSound();
}

function wake() {
  if (!window.AudioContext) return false;
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume();
  return true;
}

// A browser plays only what somebody asked for with a click or a key: the tick itself, or the first one after a reload.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-sound]")) return;
  try {
    sessionStorage.setItem(CHOICE, event.target.checked ? "yes" : "no");
  } catch { /* Then it is asked again on the next page. */ }
  sound();
});
for (const gesture of ["pointerdown", "keydown"]) {
  document.addEventListener(gesture, () => { if (wantsSound()) wake(); }, { once: true });
}
reflect();
