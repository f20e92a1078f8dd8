import multiprocessing as mp
import os
import socket
import sqlite3
import sys
import tempfile
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from multiprocessing import shared_memory


def square(n):
    return n * n


def count(value, lock):
    for _ in range(200):
        with lock:
            value.value += 1


class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello over http")

    def log_message(self, *_):
        pass


def pool():
    with mp.Pool(4) as workers:
        print("squares", sum(workers.map(square, range(100))))


def semaphore():
    value, lock = mp.Value("i", 0, lock=False), mp.Lock()
    workers = [mp.Process(target=count, args=(value, lock)) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    print("counted", value.value)


def shared():
    block = shared_memory.SharedMemory(create=True, size=1 << 20)
    block.buf[:5] = b"bytes"
    again = shared_memory.SharedMemory(name=block.name)
    print("shared", bytes(again.buf[:5]).decode())
    again.close()
    block.close()
    block.unlink()


def unix_socket():
    path = tempfile.mkdtemp() + "/socket"
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    accepted, _ = server.accept()
    client.sendall(b"through a socket")
    print(accepted.recv(100).decode())
    left = socket.socket(socket.AF_UNIX)
    left.bind("/run/left.socket")
    os.mkfifo("/run/left.fifo")


def http():
    server = HTTPServer(("127.0.0.1", 0), Hello)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    print(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url).read().decode())
    server.shutdown()


def database():
    with sqlite3.connect("/var/lib/work.db") as connection:
        connection.execute("create table numbers (n integer primary key)")
        connection.executemany("insert into numbers values (?)", [(n,) for n in range(1000)])


actions = [pool, semaphore, shared, unix_socket, http, database]
names = ["pool", "semaphore", "shared", "socket", "http", "database"]
dict(zip(names, actions))[sys.argv[1]]()
