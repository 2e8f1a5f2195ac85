// Light or dark as chosen before, set before the first paint; without a choice it is the machine's.
"use strict";
document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "";
