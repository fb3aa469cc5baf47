// Command bench measures speed and memory and prints one table, each line
// beside a baseline of the same run, so that the ratio means something on any
// machine:
//
//	go run ./bench                 the whole table, about ten minutes on two cores
//	go run ./bench -only page,letters
//
// It builds the program, generates 500 organisations with 20,000 residents
// (and a hundredfold set), serves it in a process of its own and loads it over
// loopback. CPU is that of the server process alone, memory its anonymous
// memory without mapped files.
package main
