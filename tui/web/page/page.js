// The token is a cookie now: it need not stay in the address and the history.
history.replaceState(null, "", "/");
addEventListener("DOMContentLoaded", () => {
  document.getElementById("again").addEventListener("click", () => location.reload());
});
