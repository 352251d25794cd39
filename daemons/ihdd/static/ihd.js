// SPDX-License-Identifier: LGPL-2.1-or-later
// Keeps the page up to date by server-sent events. Without it the page is
// right as well, at the moment it was loaded.
"use strict";

const SILENCE_MS = 5000;	// the hub sends once a second
const SPEAK_MS = 60000;

let heard = Date.now();
let spoken = 0;
let spokenLevel = "";

function show(view) {
	for (const element of document.querySelectorAll("[data-field]")) {
		const value = view[element.dataset.field];
		const text = value === null || value === undefined ?
			"" : String(value);

		if (element.textContent !== text)
			element.textContent = text;
	}
	document.body.dataset.ambient = view.ambient;
	document.body.dataset.quality = view.power_quality;
	document.title = `${view.power_text} – Hearth`;
}

// A screen reader is told of a new level, at most once a minute.
function speak(view) {
	const now = Date.now();

	if (view.ambient === spokenLevel || now - spoken < SPEAK_MS)
		return;
	spokenLevel = view.ambient;
	spoken = now;
	document.getElementById("spoken").textContent =
		`${view.ambient_text}: ${view.power_text}`;
}

function lost() {
	document.getElementById("lost").hidden = false;
	show({
		power_text: "no data", power_quality: "stale", ambient: "none",
		ambient_text: "No data", direction: "", cost_text: "no data",
		price_text: document.querySelector(
			"[data-field=price_text]").textContent,
		energy_today_text: "no data", today_note: "",
		cost_today_text: "no data", export_today_text: "no data",
		voltage_text: "no data", frequency_text: "no data",
		freshness: `no word from the hub for ${
			Math.round((Date.now() - heard) / 1000)} s`,
	});
}

const events = new EventSource("/events");

events.addEventListener("view", (event) => {
	const view = JSON.parse(event.data);

	heard = Date.now();
	document.getElementById("lost").hidden = true;
	show(view);
	speak(view);
});

setInterval(() => {
	if (Date.now() - heard > SILENCE_MS)
		lost();
}, 1000);
