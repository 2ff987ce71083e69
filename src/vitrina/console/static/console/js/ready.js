// Before the first paint: what needs scripts may show itself only where scripts run.
document.documentElement.classList.add("js");
