// The bare Node echo of the benchmark: socket.io as its documentation shows it. Prints its port.

const http = require("http").createServer();
const { Server } = require("socket.io");

new Server(http).on("connection", (socket) => {
  socket.on("message:say", (message) => socket.emit("message:said", message));
});

http.listen(0, "127.0.0.1", () => console.log(http.address().port));
