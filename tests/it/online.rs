//! The online half as phones and desks meet it: the program itself, over real sockets.

mod acts;
mod desks;
mod doctor;
mod hostile;
mod load;
mod site;
