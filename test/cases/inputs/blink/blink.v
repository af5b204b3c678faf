module blink(input clock, input fast, output reg light);
  reg [3:0] count;
  always @(posedge clock) begin
    count <= count + (fast ? 4'd3 : 4'd1);
    if (count == 0) light <= !light;
  end
endmodule
